import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-webgpu'

/** In a page the peers are bundled. */
export const peer = name => {
  if (name !== '@tensorflow/tfjs') throw new Error(`${name} is no part of the page`)
  return tf
}
