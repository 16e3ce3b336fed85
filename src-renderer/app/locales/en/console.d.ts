export declare const console: {
    console: {
        label: string;
        'silent-com1': string;
        'silent-virtio': string;
        line: string;
        'line-com1': string;
        'line-virtio': string;
        'what-com1': string;
        'what-virtio': string;
        clear: string;
        dropped: string;
    };
};
