export declare const code: {
    code: {
        goTo: string;
        follow: string;
        off: string;
        setBreakpoint: string;
        clearBreakpoint: string;
        runTo: string;
        goToTarget: string;
        copyAddress: string;
        sensitive: string;
    };
    address: {
        wrong: string;
    };
};
