/** A line to be written to the standard input of a running job. */
import type { InputRequest } from '../../../protocol/job.ts';
import { button } from '../button.ts';
import { h } from '../element.ts';
import { sentence, showNotice } from '../notice.ts';
import { reportFailure } from '../report-failure.ts';
import type { Context } from '../view.ts';

export function inputLine({ client, connection }: Context, id: string) {
  const field = h('input', {
    class: 'mono',
    'aria-label': 'Line for standard input',
    placeholder: 'Line for standard input',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const send = async (request: InputRequest): Promise<void> => {
    try {
      const { accepted, reason } = await client.input(id, request);
      if (accepted) field.value = '';
      else showNotice(sentence(reason ?? 'the job takes no input'));
    } catch (error) {
      reportFailure(connection, error);
    }
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void send({ data: `${field.value}\n` });
  };
  const element = h(
    'form',
    { class: 'input-line', hidden: true, on: { submit } },
    field,
    button('Send', undefined, { type: 'submit' }),
    button('End input', () => void send({ eof: true }), { title: 'Close standard input' }),
  );
  return { element, show: (on: boolean): void => void (element.hidden = !on) };
}
