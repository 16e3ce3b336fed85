export declare const schedule: {
    schedule: {
        what: string;
        zoomed: string;
        view: string;
        lanes: string;
        charts: string;
        pinned: string;
        entitledLegend: string;
        entitled: string;
        stolen: string;
        waited: string;
        live: string;
        span: string;
        pcpu: string;
        vcpus: string;
        lanesLabel: string;
        hint: string;
        sliceHover: string;
        bandHover: string;
        exitsLegend: string;
        interruptsLegend: string;
        exitsHover: string;
        counted: string;
        empty: string;
    };
    sliceEnd: {
        slice: string;
        halt: string;
        capped: string;
        stop: string;
        preempted: string;
        died: string;
        moved: string;
    };
    activity: {
        running: string;
        ready: string;
        halted: string;
        capped: string;
    };
};
