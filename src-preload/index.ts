import { contextBridge } from 'electron';

contextBridge.exposeInMainWorld('vivarium', {});
