import '../preload/contract/jitless.ts'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { i18n } from './texts/index.ts'
import { tip } from './components/tip.ts'
import './styles/tokens.css'
import './styles/base.css'

createApp(App).use(createPinia()).use(i18n).directive('tip', tip).mount('#app')
