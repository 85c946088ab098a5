import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import packets, { type IConnectPacket, type Packet } from 'mqtt-packet'
import { afterEach, describe, expect, it } from 'vitest'
import { openPublisher, type Publisher } from '../../main/runner/mqtt.ts'

interface Broker {
  readonly port: number
  readonly connects: IConnectPacket[]
  /** What came, as TOPIC TEXT. */
  readonly messages: string[]
  close(): Promise<void>
}

/** A broker that takes what is published and no more; `refuse` answers a connection with a code. */
async function openBroker(port = 0, refuse = 0): Promise<Broker> {
  const sockets = new Set<Socket>()
  const [connects, messages]: [IConnectPacket[], string[]] = [[], []]
  const answer = (socket: Socket, packet: Packet) => {
    if (packet.cmd === 'connect') {
      connects.push(packet)
      socket.write(packets.generate({ cmd: 'connack', returnCode: refuse, sessionPresent: false }))
    } else if (packet.cmd === 'publish') {
      messages.push(`${packet.topic} ${String(packet.payload)}`)
      socket.write(packets.generate({ cmd: 'puback', messageId: packet.messageId }))
    } else if (packet.cmd === 'pingreq') socket.write(packets.generate({ cmd: 'pingresp' }))
  }
  const server: Server = createServer((socket) => {
    const parser = packets.parser()
    sockets.add(socket)
    parser.on('packet', (packet: Packet) => answer(socket, packet))
    socket.on('data', (data: Buffer) => parser.parse(data)).on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port, connects, messages,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

describe('results by MQTT', () => {
  const opened: { close(): Promise<void> }[] = []
  const keep = <T extends { close(): Promise<void> }>(thing: T): T => {
    opened.push(thing)
    return thing
  }
  afterEach(async () => {
    for (const thing of opened.splice(0).reverse()) await thing.close()
  })
  const said: string[] = []
  const publisher = (port: number, options: object = {}): Publisher =>
    keep(openPublisher({ address: `mqtt://127.0.0.1:${port}/line1/results`, say: (line) => said.push(line), reconnectMs: 30, drainMs: 500, ...options }))
  const until = async (ready: () => boolean) => {
    while (!ready()) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  it('arrive in order, with a word of coming and going', async () => {
    const broker = keep(await openBroker())
    const { publish, close } = publisher(broker.port, { user: 'camera', password: 'secret' })
    for (const text of ['one', 'two', 'three']) publish(text)
    await close()
    expect(broker.messages).toEqual([
      'line1/results/status online', 'line1/results one', 'line1/results two', 'line1/results three', 'line1/results/status offline',
    ])
    expect(broker.connects[0]).toMatchObject({ username: 'camera', clean: true, will: { topic: 'line1/results/status', retain: true, qos: 1 } })
    expect(String(broker.connects[0].password)).toBe('secret')
    expect(said.join()).not.toContain('secret')
  })

  it('wait for a broker that is away, the newest ones', async () => {
    const first = await openBroker()
    const { port } = first
    await first.close()
    const sender = publisher(port, { limit: 2 })
    for (const text of ['one', 'two', 'three']) sender.publish(text)
    expect([sender.waiting, sender.dropped, sender.isConnected]).toEqual([2, 1, false])
    const broker = keep(await openBroker(port))
    await until(() => broker.messages.length === 3)
    expect(broker.messages.slice(1)).toEqual(['line1/results two', 'line1/results three'])
  })

  it('go on when the broker comes back', async () => {
    const first = await openBroker()
    const sender = publisher(first.port)
    sender.publish('one')
    await until(() => first.messages.includes('line1/results one') && sender.waiting === 0)
    await first.close()
    await until(() => !sender.isConnected)
    sender.publish('two')
    const second = keep(await openBroker(first.port))
    await until(() => second.messages.includes('line1/results two'))
    await until(() => sender.waiting === 0)
  })

  it('are tried again where the broker refuses, and given up in the end', async () => {
    const broker = keep(await openBroker(0, 5))
    const sender = publisher(broker.port, { drainMs: 100 })
    sender.publish('one')
    await until(() => broker.connects.length > 1)
    await sender.close()
    expect(broker.messages).toEqual([])
    expect(said.at(-1)).toContain('1 results did not reach the broker')
  })

  it.each(['http://host/topic', 'mqtt://host', 'mqtt://host/', 'mqtt://name:word@host/topic', 'mqtt://host/a%2Fb/%23', 'mqtt://host/+/x', 'mqtt:///topic', 'nonsense'])('do not go to %s', (address) => {
    expect(() => openPublisher({ address, say: () => undefined })).toThrow(expect.objectContaining({ data: expect.objectContaining({ code: 'invalid-input' }) }))
  })
})
