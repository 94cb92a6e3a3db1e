export type { Denoiser, Estimate, LevelTensors } from './process/denoiser.js'
export { levelAt, levelOf, type Family, type Level, type Process } from './process/level.js'
