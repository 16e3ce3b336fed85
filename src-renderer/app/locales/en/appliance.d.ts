export declare const appliance: {
    appliance: {
        debianMini: string;
        notHere: string;
        steps: string;
        'step-archive': string;
        'step-kernel': string;
        'step-programs': string;
        'step-unpack': string;
        'step-pack': string;
        'step-machine': string;
        build: string;
        buildAndStart: string;
        cancel: string;
    };
};
