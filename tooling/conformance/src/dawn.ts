import { create, globals } from 'webgpu'

/** Gives Node the WebGPU of browsers, on the driver that `VK_ICD_FILENAMES` names (jest.config.js: Chromium's SwiftShader). */
export const installWebGpu = (): void => {
  Object.assign(globalThis, globals)
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: create([]) }, configurable: true })
}
