import { createPinia } from 'pinia';
import { createApp } from 'vue';
import '../ui/tokens.css';
import '../ui/base.css';
import AppWindow from './AppWindow.vue';
import { i18n } from './i18n.ts';

createApp(AppWindow).use(createPinia()).use(i18n).mount('#app');
