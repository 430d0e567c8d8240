export const problems = {
  title: 'That did not work',
  unreachable: 'The service could not be reached. Check your connection and try again.',
  notLoaded: 'A part of this page could not be loaded. Check your connection, and load the page anew.',
  unavailable: 'The service is briefly unavailable. Nothing was changed.',
  server: 'Something went wrong on our side. Nothing was changed; try again in a moment.',
  forbidden: 'Your role does not allow this. Whoever manages your organization can change that.',
  notFound: 'It does not exist, or is not yours to see.',
  conflict:
    'This was changed by somebody else meanwhile. Here is how it stands now; try again if you still want to.',
  alreadyIssued:
    'The key was made by the first try, whose answer got lost on the way, and is never shown again. It is in the list: rotate it to get a new one.',
  throttled: (seconds: number) =>
    seconds > 0
      ? `Too many attempts. You can try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`
      : 'You can try again now.',
};
