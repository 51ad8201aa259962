// Stands in for tinypool in the one-file executables: threads there have no file to start from, their source is an asset.
import { availableParallelism } from 'node:os'
import { getAsset } from 'node:sea'
import { Worker } from 'node:worker_threads'

export class Tinypool {
  #source
  #most
  #idleTimeout
  /** Each with the job that it is at, and the timer that ends it where it has none. */
  #threads = new Set()
  #waiting = []

  constructor({ filename, maxThreads = availableParallelism(), idleTimeout }) {
    this.#source = getAsset(filename, 'utf8')
    this.#most = maxThreads
    this.#idleTimeout = idleTimeout
  }

  /** tinypool tells of threads that die before their first job; here each starts with one, whose promise is told. */
  on() {}

  run(job) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject })
      this.#next()
    })
  }

  async destroy() {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the pool was closed'))
    await Promise.all([...this.#threads].map(thread => thread.worker.terminate()))
  }

  #next() {
    while (this.#waiting.length > 0) {
      const idle = [...this.#threads].find(({ task }) => task === undefined)
      if (idle === undefined && this.#threads.size >= this.#most) return
      const thread = idle ?? this.#start()
      thread.task = this.#waiting.shift()
      clearTimeout(thread.timer)
      // only a thread at work keeps the program alive
      thread.worker.ref()
      thread.worker.postMessage(thread.task.job)
    }
  }

  #start() {
    const thread = { worker: new Worker(this.#source, { eval: true, execArgv: [] }) }
    this.#threads.add(thread)
    thread.worker.on('message', ({ error, value }) => {
      const { resolve, reject } = thread.task
      thread.task = undefined
      thread.worker.unref()
      thread.timer = setTimeout(() => thread.worker.terminate(), this.#idleTimeout).unref()
      if (error === undefined) resolve(value)
      else reject(error)
      this.#next()
    })
    thread.worker.on('error', error => thread.task?.reject(error))
    thread.worker.on('exit', () => {
      this.#threads.delete(thread)
      thread.task?.reject(new Error('the thread ended'))
      this.#next()
    })
    return thread
  }
}
