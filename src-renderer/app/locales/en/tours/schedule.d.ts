export declare const schedule: {
    what: string;
    open: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    equal: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    weight: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    follow: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    cap: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    sleep: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    pause: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    end: {
        title: string;
        text: string;
    };
};
