export declare const tours: {
    coach: {
        label: string;
        /** Of the tours' machines in the list. */
        group: string;
        offered: string;
        offeredWhat: string;
        begin: string;
        goOn: string;
        again: string;
        beginLabel: string;
        goOnLabel: string;
        againLabel: string;
        finished: string;
        reached: string;
        preparing: string;
        failed: string;
        retry: string;
        gone: string;
        remake: string;
        task: string;
        key: string;
        done: string;
        show: string;
        back: string;
        next: string;
        skip: string;
        finish: string;
        leave: string;
        finishedTitle: string;
        finishedText: string;
        close: string;
        /** What a screen reader says when a step begins. */
        announceStep: string;
        announceTask: string;
        announceDone: string;
    };
    tours: {
        processor: {
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
        translation: {
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
        sensitive: {
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
        isolation: {
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
        schedule: {
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
    };
};
