export declare const translation: {
    what: string;
    meet: {
        title: string;
        text: string;
    };
    before: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    run: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    region: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    choose: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    breakpoint: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    resume: {
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
