export declare const samples: {
    samples: {
        welcome: string;
        leadTitle: string;
        lead: string;
        linux: string;
        drop: string;
        recent: string;
        demo: string;
        demoWhat: string;
        learn: string;
        learnWhat: string;
        rogue: string;
        rogueWhat: string;
        run: string;
        runLabel: string;
        edit: string;
        editLabel: string;
    };
};
