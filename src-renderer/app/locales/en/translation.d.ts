export declare const translation: {
    translation: {
        off: string;
        unmapped: string;
        processor: string;
        guestCode: string;
        records: string;
        wasm: string;
        none: string;
        noneDetail: string;
        tierRegion: string;
        tierInRegion: string;
        entered: string;
        rate: string;
        meanRate: string;
        mean: string;
        untilHot: string;
        hotRegions: string;
        noRegionsYet: string;
        regionEntry: string;
        regionTitle: string;
        guestInstructions: string;
        wasmSize: string;
        retired: string;
        noBlock: string;
        noRegions: string;
        isCompiling: string;
        notHotYet: string;
        notWorthwhile: string;
        plainDetail: string;
        inlineDetail: string;
        sensitiveDetail: string;
    };
    translationTier: {
        threaded: string;
        compiling: string;
    };
    translationMode: {
        real: string;
        protected: string;
        v86: string;
    };
    translatedStep: {
        head: string;
        goto: string;
        leavePageFlat: string;
        leavePageSegmented: string;
        stub: string;
        stale: string;
        stop: string;
        breakpoint: string;
        undefined: string;
        generalProtection: string;
        crossPage: string;
        pause: string;
        yield: string;
        region: string;
    };
};
