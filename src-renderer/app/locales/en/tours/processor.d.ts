export declare const processor: {
    what: string;
    meet: {
        title: string;
        text: string;
    };
    start: {
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
    step: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    write: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    other: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    compute: {
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
