export declare const shell: {
    about: {
        what: string;
        runtime: string;
        host: string;
        hostValue: string;
        data: string;
        licences: string;
        openSource: string;
        runtimeLicences: string;
    };
    action: {
        cancel: string;
        close: string;
        dismiss: string;
        save: string;
    };
    ask: {
        powerOff: string;
        stateLost: string;
        delete: string;
        deleteBody: string;
        deleteAlive: string;
        deleteConfirm: string;
        load: string;
        quit: string;
        quitMachines: string;
        quitUnsaved: string;
        quitConfirm: string;
        quitSuspend: string;
        closeText: string;
        closeTextBody: string;
        closeTextConfirm: string;
    };
    drop: {
        hint: string;
    };
    page: {
        isolation: string;
        schedule: string;
        editor: string;
        samples: string;
        settings: string;
    };
    problem: {
        'bad-program': string;
        'file-unreadable': string;
        'file-unwritable': string;
        'file-too-large': string;
        'access-not-granted': string;
        'machine-not-found': string;
        'machine-busy': string;
        'wrong-state': string;
        'invalid-value': string;
        'memory-limit': string;
        storage: string;
        drive: string;
        snapshot: string;
        exported: string;
        interrupted: string;
        'handed-over': string;
        'not-typed': string;
        'no-program': string;
        engine: string;
        cancelled: string;
        'unknown-message': string;
        'invalid-message': string;
        internal: string;
    };
};
