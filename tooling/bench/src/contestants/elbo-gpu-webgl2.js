import { inChromium } from './in-chromium.js'

export const prepare = inChromium('elbo-gpu-webgl2')
