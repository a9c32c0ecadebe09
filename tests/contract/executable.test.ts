import { test } from 'bun:test';
import { executable } from '../support/doors.ts';
import { contractSuite } from './suite.ts';

const path = process.env['AGENT_SERVER_TEST_EXE'];
if (path === undefined || path === '') {
  process.stdout.write(
    'the contract, executable: skipped, AGENT_SERVER_TEST_EXE does not name one (npm run build makes it)\n',
  );
  test.skip('the contract, executable', () => {});
} else {
  contractSuite(executable(path));
}
