export declare const rail: {
    rail: {
        collapse: string;
        expand: string;
        startAll: string;
        stopAll: string;
        stopAllQuestion: string;
        stopAllBody: string;
        groupCount: string;
        label: string;
        machines: string;
        search: string;
        searchShort: string;
        new: string;
        newMachine: string;
        noMatch: string;
        empty: string;
        rateTitle: string;
        dropOnMachine: string;
        resize: string;
    };
};
