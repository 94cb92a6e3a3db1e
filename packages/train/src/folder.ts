import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder, and those above it. (Node's own `recursive` does not end where the system answers ENOENT below a folder that
 * exists, as it does under /proc.)
 */
export const makeFolder = async (path: string): Promise<void> => {
  try {
    await mkdir(path)
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'EEXIST':
        if ((await stat(path)).isDirectory()) return
        throw error
      case 'ENOENT':
        if (dirname(path) === path) throw error
        await makeFolder(dirname(path))
        return mkdir(path)
      default:
        throw error
    }
  }
}
