export { GuestFault, hasErrorCode, VECTOR } from '../../GuestFault.ts';
