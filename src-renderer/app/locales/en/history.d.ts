export declare const history: {
    history: {
        what: string;
        minutes: string;
        savePicture: string;
        saveTable: string;
        entitledTo: string;
        share: string;
        shareHint: string;
        mips: string;
        mipsHint: string;
        exits: string;
        exitsHint: string;
        interrupts: string;
        interruptsHint: string;
        pageFaults: string;
        pageFaultsHint: string;
        disk: string;
        diskHint: string;
        network: string;
        networkHint: string;
    };
};
