import type { Transport } from '@fedops/client-session';
import type { RegistrationAnswer } from '@fedops/shared-types';

/** The same transport, telling what the server answered to each registration. */
export function withRegistration(
  transport: Transport,
  tell: (answer: RegistrationAnswer) => void,
): Transport {
  return {
    async connect(registration, options) {
      const connection = await transport.connect(registration, options);
      tell(connection.registration);
      return connection;
    },
  };
}
