export type { Denoiser, Estimate, LevelTensors } from './process/denoiser.js'
export { levelAt, levelOf, type Family, type Level, type Process } from './process/level.js'
export { fashionMnistUNet, unet, type UNetArchitecture, type UNetParameters } from './networks/unet.js'
export type { DenoisingNetwork, Noisy } from './networks/network.js'
