export declare const sound: {
    sound: {
        label: string;
        mute: string;
        unmute: string;
        volume: string;
    };
};
