export declare const screen: {
    screen: {
        label: string;
        leaveHint: string;
        leave: string;
        captured: string;
        mouseCaptured: string;
        takeBack: string;
        captureMouse: string;
        savePicture: string;
        whole: string;
        leaveWhole: string;
        nothingToPaste: string;
        notTypeable: string;
        pasteCut: string;
        offDrive: string;
        controlAltDelete: string;
        paste: string;
        scaleSmooth: string;
        clickToType: string;
        waiting: string;
        off: string;
        noProgram: string;
    };
};
