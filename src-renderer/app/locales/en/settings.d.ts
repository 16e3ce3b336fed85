export declare const settings: {
    settings: {
        theme: string;
        'theme-system': string;
        'theme-light': string;
        'theme-dark': string;
        language: string;
        'language-system': string;
        processors: string;
        processorsHint: string;
        processorsAll: string;
        slice: string;
        sliceHint: string;
        memoryLimit: string;
        memoryLimitHint: string;
        confirm: string;
        confirmHint: string;
        suspend: string;
        suspendHint: string;
    };
};
