export declare const editor: {
    editor: {
        untitled: string;
        template: string;
        empty: string;
        inNewMachine: string;
        target: string;
        run: string;
        texts: string;
        noFile: string;
        close: string;
        changed: string;
        report: string;
        assembled: string;
        errors: string;
        find: string;
        findNext: string;
        findPrevious: string;
        findAll: string;
        replaceWith: string;
        replace: string;
        replaceAll: string;
        matchCase: string;
        regexp: string;
        byWord: string;
    };
};
