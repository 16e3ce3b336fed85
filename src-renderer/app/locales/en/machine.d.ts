export declare const machine: {
    machine: {
        name: string;
        menu: string;
        loadProgram: string;
        loadAndReset: string;
        editProgram: string;
        rename: string;
        renameHint: string;
        clone: string;
        export: string;
        exported: string;
        settings: string;
        settingsTitle: string;
        delete: string;
    };
    control: {
        label: string;
        start: string;
        pause: string;
        resume: string;
        step: string;
        stepOver: string;
        reset: string;
        powerButton: string;
        powerOff: string;
    };
    crash: {
        'triple-fault': string;
        'engine-error': string;
        'thread-died': string;
        'thread-hung': string;
        'out-of-memory': string;
        said: {
            'triple-fault': string;
            'engine-error': string;
            'thread-died': string;
            'thread-hung': string;
            'out-of-memory': string;
        };
        whatNow: string;
        silent: string;
        silentNow: string;
        detail: string;
    };
    state: {
        off: string;
        suspended: string;
        starting: string;
        running: string;
        waiting: string;
        halted: string;
        capped: string;
        silent: string;
        paused: string;
        breakpoint: string;
        saving: string;
        crashed: string;
        debugger: string;
        shutdown: string;
    };
};
