export declare const isolation: {
    what: string;
    open: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    digest: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    rogue: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    whole: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    crash: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    stop: {
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
