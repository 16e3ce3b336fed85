export declare const exits: {
    exit: {
        pio: string;
        mmio: string;
        halt: string;
        interrupt: string;
        exception: string;
        softwareInterrupt: string;
        cpuid: string;
        rdtsc: string;
        msr: string;
        controlRegister: string;
        descriptorTable: string;
        segmentLoad: string;
        farTransfer: string;
        invalidate: string;
        translation: string;
        selfModifiedCode: string;
        budget: string;
        kick: string;
        breakpoint: string;
        shutdown: string;
    };
    exits: {
        what: string;
        none: string;
        kind: string;
        count: string;
        rate: string;
        history: string;
        perSecond: string;
    };
};
