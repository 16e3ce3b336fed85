export declare const dock: {
    dock: {
        panels: string;
        menu: string;
        resize: string;
        restore: string;
        maximise: string;
        float: string;
        dock: string;
        moveFloating: string;
        layout: string;
        'preset-learn': string;
        'preset-debug': string;
        'preset-run': string;
        'preset-watch': string;
    };
};
