import { Agent, request } from 'node:http';
import type { Answer } from './start-app.js';

/** Sends thousands of requests over one connection, one after the other. */
export class KeepAliveClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly url: string) {}

  get(path: string, authorization: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { agent: this.agent, headers: { authorization } };
      const sent = request(this.url + path, options, (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, header: (name) => headers[name.toLowerCase()]?.toString(), body });
        });
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
