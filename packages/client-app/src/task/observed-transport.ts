import type { Transport } from '@fedops/client-session';
import type { RegistrationAnswer } from '@fedops/shared-types';

/** The same transport, with somebody who is told of each registration. */
export function observedTransport(
  transport: Transport,
  onRegistered: (answer: RegistrationAnswer) => void,
): Transport {
  return {
    async connect(registration, options) {
      const connection = await transport.connect(registration, options);
      onRegistered(connection.registration);
      return connection;
    },
  };
}
