import { hostname } from 'node:os'
import mqtt from 'mqtt'
import { AppError } from '../../preload/contract/error.ts'

export interface Publisher {
  /** Hands a text to the broker, now or once it is there again; the oldest that wait make room. */
  publish(text: string): void
  readonly isConnected: boolean
  readonly waiting: number
  /** Texts that made room. */
  readonly dropped: number
  /** Sends what waits, for a few seconds at most, says `offline` and goes. */
  close(): Promise<void>
}

export interface PublisherOptions {
  /** mqtt://HOST[:PORT]/TOPIC or mqtts://. */
  readonly address: string
  readonly user?: string
  readonly password?: string
  readonly say: (line: string) => void
  /** Texts that wait for the broker at most. */
  readonly limit?: number
  readonly reconnectMs?: number
  readonly drainMs?: number
}

/** Texts on their way to the broker without its word that they have come. */
const maxUnacknowledged = 8

/**
 * Publishes texts with QoS 1 under a topic; `online` and `offline`, retained, under TOPIC/status.
 *
 * It opens without waiting for the broker, and comes back by itself whenever the broker does.
 * @throws AppError `invalid-input` where the address is none.
 */
export function openPublisher({ address, user, password, say, limit = 1000, reconnectMs = 2000, drainMs = 5000 }: PublisherOptions): Publisher {
  const { broker, topic, shown } = readAddress(address)
  const status = `${topic}/status`
  const client = mqtt.connect({
    ...broker,
    clientId: `maskwright-${hostname()}-${process.pid}`.slice(0, 64),
    username: user, password, clean: true, keepalive: 30, connectTimeout: 10_000, reconnectPeriod: reconnectMs, reconnectOnConnackError: true,
    will: { topic: status, payload: Buffer.from('offline'), qos: 1, retain: true },
  })
  const pending: string[] = []
  let [unacknowledged, dropped, last] = [0, 0, '']
  const drained: (() => void)[] = []
  const tell = (text: string) => {
    if (text !== last) say(text)
    last = text
  }
  const next = () => {
    while (client.connected && pending.length > 0 && unacknowledged < maxUnacknowledged) {
      unacknowledged++
      client.publish(topic, pending.shift()!, { qos: 1 }, (error) => {
        unacknowledged--
        if (error) tell(`A result did not reach the broker ${shown}: ${error.message}.`)
        next()
      })
    }
    if (pending.length === 0 && unacknowledged === 0) drained.splice(0).forEach((resolve) => resolve())
  }
  client.on('connect', () => {
    tell(`Publishes to ${shown}.`)
    client.publish(status, 'online', { qos: 1, retain: true })
    next()
  })
  client.on('error', (error) => tell(`The broker ${shown} cannot be reached: ${error.message || (error as NodeJS.ErrnoException).code}. Trying again.`))
  client.on('offline', () => tell(`The broker ${shown} is away; results wait for it.`))
  return {
    publish: (text) => {
      pending.push(text)
      if (pending.length > limit) {
        pending.shift()
        dropped++
      }
      next()
    },
    get isConnected() { return client.connected },
    get waiting() { return pending.length + unacknowledged },
    get dropped() { return dropped },
    close: async () => {
      const isEmpty = () => new Promise<void>((resolve) => {
        drained.push(resolve)
        next()
      })
      await within(drainMs, isEmpty())
      if (client.connected) await within(drainMs, client.publishAsync(status, 'offline', { qos: 1, retain: true }).catch(() => undefined))
      if (pending.length + unacknowledged > 0) say(`${pending.length + unacknowledged} results did not reach the broker ${shown}.`)
      await client.endAsync(true)
    },
  }
}

/** Waits for something, but not for ever. */
async function within(ms: number, something: Promise<unknown>): Promise<void> {
  const timer = Promise.withResolvers<void>()
  const handle = setTimeout(timer.resolve, ms)
  await Promise.race([something, timer.promise])
  clearTimeout(handle)
}

interface Broker { protocol: 'mqtt' | 'mqtts'; host: string; port: number }

/** Broker, topic, and both as they may be shown. */
function readAddress(address: string): { broker: Broker; topic: string; shown: string } {
  const wrong = (why: string) => new AppError({ code: 'invalid-input', message: `--mqtt ${why}.`, advice: 'Write mqtt://HOST[:PORT]/TOPIC, or mqtts:// for TLS.' })
  const url = URL.parse(address)
  if (!url || !['mqtt:', 'mqtts:'].includes(url.protocol) || url.hostname === '') throw wrong('needs an address such as mqtt://192.168.0.5/line1/results')
  if (url.username || url.password) throw wrong('takes no name or password in its address; put them into MASKWRIGHT_MQTT_USER and MASKWRIGHT_MQTT_PASSWORD')
  const topic = topicOf(url)
  if (topic === '') throw wrong('needs a topic after the host, without "#" and "+"')
  const protocol = url.protocol === 'mqtts:' ? 'mqtts' : 'mqtt'
  const broker: Broker = { protocol, host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || (protocol === 'mqtts' ? 8883 : 1883) }
  return { broker, topic, shown: `${url.host} under ${topic}` }
}

function topicOf({ pathname, search, hash }: URL): string {
  try {
    const topic = decodeURIComponent(pathname.slice(1))
    return /[#+\0]/.test(topic) || search || hash ? '' : topic
  } catch {
    return ''
  }
}
