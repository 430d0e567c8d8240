export const signIn = {
  title: 'Sign in',
  welcome: 'Access keys for your integrations, in one place.',
  email: 'E-mail',
  password: 'Password',
  submit: 'Sign in',
  wrong: 'E-mail and password do not match an account.',
  forgot: 'Forgotten your password? Ask the staff of CryptoComply for a link to set a new one.',
  ended: 'Your session has ended',
  endedHelp: 'Sign in again to go on where you are. Nothing that you typed is lost.',
  leave: 'Leave this page',
};
