export declare const sensitive: {
    what: string;
    meet: {
        title: string;
        text: string;
    };
    exits: {
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
    step: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    user: {
        title: string;
        text: string;
        task: string;
        done: string;
    };
    fault: {
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
