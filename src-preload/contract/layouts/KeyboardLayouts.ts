/** Keyboards by what their keys type: United States, United Kingdom, German, Swiss German and so on. */
export const KEYBOARD_LAYOUTS = ['us', 'gb', 'de', 'ch', 'fr', 'es', 'pt', 'br', 'it', 'se', 'no', 'dk', 'jp'] as const;
