import { StreamLanguage, type StreamParser } from '@codemirror/language';

const DIRECTIVES = new Set(
  `bits org section segment global extern equ times align alignb absolute struc endstruc istruc iend at default cpu
  use16 use32 common incbin db dw dd dq dt resb resw resd resq rest`.split(/\s+/),
);
const SIZES = new Set('byte word dword qword tbyte short near far strict ptr nosplit rel abs seg wrt to'.split(' '));
const PREFIXES = new Set('rep repe repz repne repnz lock o16 o32 a16 a32'.split(' '));
const REGISTER =
  /^(?:r(?:[abcd]x|[sd]i|[bs]p|ip|[89]|1[0-5])[bwd]?|e?(?:[abcd]x|[sd]i|[bs]p|ip)|[abcd][hl]|(?:si|di|bp|sp)l|[cdefgs]s|[cd]r\d|tr\d|st\d?|mm\d|[xyz]mm\d+)$/i;
const NUMBER =
  /^(?:0x[\da-f_]+|0[bdoqhy][\da-f_]+|\$[\da-f][\da-f_]*|\d[\da-f_]*[hH]|[01][01_]*[bBy]|[0-7][0-7_]*[oqOQ]|\d[\d_]*(?:\.\d+)?[dt]?)\b/i;
const WORD = /^[A-Za-z_.?@$][\w.?@$#~]*/;

/** What a line holds so far: only its first word can be a mnemonic, and only before that a label. */
interface LineState {
  hasMnemonic: boolean;
  isDefining: boolean;
}

const parser: StreamParser<LineState> = {
  name: 'nasm',
  startState: () => ({ hasMnemonic: false, isDefining: false }),
  token(stream, state) {
    if (stream.sol()) {
      state.hasMnemonic = false;
      state.isDefining = false;
    }
    if (stream.eatSpace()) return null;
    if (stream.peek() === ';') {
      stream.skipToEnd();
      return 'comment';
    }
    const quote = stream.peek();
    if (quote === '"' || quote === "'" || quote === '`') return readString(stream, quote);
    if (stream.match(NUMBER)) return 'number';
    if (stream.match(/^%[\w$!+-]+|^%%?\w*/)) {
      state.hasMnemonic = true;
      return 'meta';
    }
    if (stream.match(/^\[(?=\s*(?:bits|org|section|segment|global|extern|cpu)\b)/i)) return 'meta';
    const word = stream.match(WORD);
    if (!word || typeof word === 'boolean') {
      stream.next();
      return 'operator';
    }
    return wordStyle(word[0], stream.match(/^\s*:(?!:)/, false) !== null, state);
  },
  languageData: { commentTokens: { line: ';' } },
};

function readString(stream: Parameters<StreamParser<LineState>['token']>[0], quote: string): string {
  stream.next();
  while (!stream.eol()) {
    const character = stream.next();
    if (character === '\\' && quote === '`') stream.next();
    else if (character === quote) break;
  }
  return 'string';
}

function wordStyle(word: string, isBeforeColon: boolean, state: LineState): string {
  const lower = word.toLowerCase();
  if (REGISTER.test(word)) return 'variableName.special';
  if (isBeforeColon && !state.hasMnemonic) return 'labelName';
  if (DIRECTIVES.has(lower)) {
    state.hasMnemonic = true;
    return 'meta';
  }
  if (SIZES.has(lower)) return 'typeName';
  if (PREFIXES.has(lower) && !state.hasMnemonic) return 'keyword';
  if (!state.hasMnemonic && !word.startsWith('.')) {
    state.hasMnemonic = true;
    return 'keyword';
  }
  return word.startsWith('.') ? 'labelName' : 'variableName';
}

/** NASM syntax, for colours and comments only. */
export const nasm = StreamLanguage.define(parser);
