/**
 * What the keys of the usual keyboards type in a system that is set to them, as Linux (XKB) and, but for some accents
 * behind AltGr, Windows have it. The keyboard itself knows nothing of it: it sends places, which these tables are about.
 */
export const KEYBOARD_LAYOUTS = ['us', 'gb', 'de', 'ch', 'fr', 'es', 'pt', 'br', 'it', 'se', 'no', 'dk', 'jp'] as const;
export type KeyboardLayout = (typeof KEYBOARD_LAYOUTS)[number];

/** The keys that type, from the upper left to the lower right, by `KeyboardEvent.code`. */
// prettier-ignore
export const TYPING_KEYS: readonly (readonly string[])[] = [
  ['Backquote', 'Digit1', 'Digit2', 'Digit3', 'Digit4', 'Digit5', 'Digit6', 'Digit7', 'Digit8', 'Digit9', 'Digit0', 'Minus', 'Equal', 'IntlYen'],
  ['KeyQ', 'KeyW', 'KeyE', 'KeyR', 'KeyT', 'KeyY', 'KeyU', 'KeyI', 'KeyO', 'KeyP', 'BracketLeft', 'BracketRight'],
  ['KeyA', 'KeyS', 'KeyD', 'KeyF', 'KeyG', 'KeyH', 'KeyJ', 'KeyK', 'KeyL', 'Semicolon', 'Quote', 'Backslash'],
  ['IntlBackslash', 'KeyZ', 'KeyX', 'KeyC', 'KeyV', 'KeyB', 'KeyN', 'KeyM', 'Comma', 'Period', 'Slash', 'IntlRo'],
];

/** One character for each key of {@link TYPING_KEYS}, row by row; a blank where a key types nothing. */
type Rows = readonly [digits: string, upper: string, middle: string, lower: string];

/** What the keys type alone, and with which keys held. */
export interface LayoutTable {
  readonly plain: Rows;
  readonly shift: Rows;
  readonly altGr?: Rows;
  readonly shiftAltGr?: Rows;
  /** Accents that wait for the next letter, by what they are held with. */
  readonly dead?: { readonly plain?: string; readonly shift?: string; readonly altGr?: string };
}

// prettier-ignore
export const LAYOUT_TABLES: Readonly<Record<KeyboardLayout, LayoutTable>> = {
  us: {
    plain: ['`1234567890-=', 'qwertyuiop[]', "asdfghjkl;'\\", ' zxcvbnm,./'],
    shift: ['~!@#$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:"|', ' ZXCVBNM<>?'],
  },
  gb: {
    plain: ['`1234567890-=', 'qwertyuiop[]', "asdfghjkl;'#", '\\zxcvbnm,./'],
    shift: ['¬!"£$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:@~', '|ZXCVBNM<>?'],
    altGr: ['    €', '', '', ''],
  },
  de: {
    plain: ['^1234567890ß´', 'qwertzuiopü+', 'asdfghjklöä#', '<yxcvbnm,.-'],
    shift: ['°!"§$%&/()=?`', 'QWERTZUIOPÜ*', "ASDFGHJKLÖÄ'", '>YXCVBNM;:_'],
    altGr: ['  ²³   {[]}\\', '@ €        ~', '', '|      µ'],
    dead: { plain: '^´', shift: '`' },
  },
  ch: {
    plain: ["§1234567890'^", 'qwertzuiopü¨', 'asdfghjklöä$', '<yxcvbnm,.-'],
    shift: ['°+"*ç%&/()=?`', 'QWERTZUIOPè!', 'ASDFGHJKLéà£', '>YXCVBNM;:_'],
    altGr: [' ¦@#  ¬|¢  ´~', '  €       []', '          {}', '\\'],
    dead: { plain: '^¨', shift: '`', altGr: '´~' },
  },
  fr: {
    plain: ['²&é"\'(-è_çà)=', 'azertyuiop^$', 'qsdfghjklmù*', '<wxcvbn,;:!'],
    shift: [' 1234567890°+', 'AZERTYUIOP¨£', 'QSDFGHJKLM%µ', '>WXCVBN?./§'],
    altGr: ['  ~#{[|`\\^@]}', '  €        ¤', '', ''],
    dead: { plain: '^', shift: '¨' },
  },
  es: {
    plain: ["º1234567890'¡", 'qwertyuiop`+', 'asdfghjklñ´ç', '<zxcvbnm,.-'],
    shift: ['ª!"·$%&/()=?¿', 'QWERTYUIOP^*', 'ASDFGHJKLÑ¨Ç', '>ZXCVBNM;:_'],
    altGr: ['\\|@#~ ¬', '  €       []', '          {}', ''],
    dead: { plain: '`´', shift: '^¨' },
  },
  pt: {
    plain: ["\\1234567890'«", 'qwertyuiop+´', 'asdfghjklçº~', '<zxcvbnm,.-'],
    shift: ['|!"#$%&/()=?»', 'QWERTYUIOP*`', 'ASDFGHJKLÇª^', '>ZXCVBNM;:_'],
    altGr: ['  @£§  {[]}', '  €       ¨', '', ''],
    dead: { plain: '´~', shift: '`^', altGr: '¨' },
  },
  br: {
    plain: ["'1234567890-=", 'qwertyuiop´[', 'asdfghjklç~]', '\\zxcvbnm,.;/'],
    shift: ['"!@#$%¨&*()_+', 'QWERTYUIOP`{', 'ASDFGHJKLÇ^}', '|ZXCVBNM<>:?'],
    dead: { plain: '´~', shift: '¨`^' },
  },
  it: {
    plain: ["\\1234567890'ì", 'qwertyuiopè+', 'asdfghjklòàù', '<zxcvbnm,.-'],
    shift: ['|!"£$%&/()=?^', 'QWERTYUIOPé*', 'ASDFGHJKLç°§', '>ZXCVBNM;:_'],
    altGr: ['           `~', '  €       []', '         @#', ''],
    shiftAltGr: ['', '          {}', '', ''],
  },
  se: {
    plain: ['§1234567890+´', 'qwertyuiopå¨', "asdfghjklöä'", '<zxcvbnm,.-'],
    shift: ['½!"#¤%&/()=?`', 'QWERTYUIOPÅ^', 'ASDFGHJKLÖÄ*', '>ZXCVBNM;:_'],
    altGr: ['  @£$€ {[]}\\', '           ~', '', '|      µ'],
    dead: { plain: '´¨', shift: '`^', altGr: '~' },
  },
  no: {
    plain: ['|1234567890+\\', 'qwertyuiopå¨', "asdfghjkløæ'", '<zxcvbnm,.-'],
    shift: ['§!"#¤%&/()=?`', 'QWERTYUIOPÅ^', 'ASDFGHJKLØÆ*', '>ZXCVBNM;:_'],
    altGr: ['  @£$  {[]} ´', '  €        ~', '', ''],
    dead: { plain: '¨', shift: '`^', altGr: '´~' },
  },
  dk: {
    plain: ['½1234567890+´', 'qwertyuiopå¨', "asdfghjklæø'", '<zxcvbnm,.-'],
    shift: ['§!"#¤%&/()=?`', 'QWERTYUIOPÅ^', 'ASDFGHJKLÆØ*', '>ZXCVBNM;:_'],
    altGr: ['  @£$€ {[]} |', '           ~', '', '\\'],
    dead: { plain: '´¨', shift: '`^', altGr: '~' },
  },
  jp: {
    plain: [' 1234567890-^', 'qwertyuiop@[', 'asdfghjkl;:]', ' zxcvbnm,./\\'],
    shift: [' !"#$%&\'() =~|', 'QWERTYUIOP`{', 'ASDFGHJKL+*}', ' ZXCVBNM<>?_'],
  },
};
