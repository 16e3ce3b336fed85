export declare const isolation: {
    isolation: {
        what: string;
        empty: string;
        mapLabel: string;
        cellCode: string;
        cellWritten: string;
        cellStill: string;
        of: string;
        shareTitle: string;
        digestTitle: string;
        intact: string;
        changed: string;
        unknown: string;
        checks: string;
        log: string;
        logEmpty: string;
        legend: string;
        clear: string;
        countWhole: string;
        neighboursWhole: string;
        neighboursChanged: string;
        neighbours: string;
        proof: string;
        times: string;
        first: string;
        instruction: string;
        resize: string;
    };
    answered: {
        'physical-memory-map': string;
        'privilege-check': string;
        'port-bus': string;
        scheduler: string;
        shutdown: string;
        'thread-boundary': string;
    };
    tried: {
        'outside-ram-read': string;
        'outside-ram-write': string;
        'outside-ram-execute': string;
        'unknown-port-read': string;
        'unknown-port-write': string;
        'unknown-port-execute': string;
        'privileged-instruction': string;
        spin: string;
        'triple-fault': string;
        'thread-died': string;
    };
    triedDetail: {
        beside: string;
        undeliveredException: string;
        interruptsOff: string;
    };
    demonstration: {
        start: string;
        starting: string;
        running: string;
        stopping: string;
    };
};
