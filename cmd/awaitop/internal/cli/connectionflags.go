package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// add adds the flags of the connection, for all commands.
func (c *connection) add(flags *pflag.FlagSet) {
	flags.StringVar(&c.address, "address", "", "`HOST:PORT` of the Temporal server (default TEMPORAL_ADDRESS, the profile's, or 127.0.0.1:7233)")
	flags.StringVarP(&c.namespace, "namespace", "n", "", "`NAME` of the Temporal namespace (default TEMPORAL_NAMESPACE, the profile's, or \"default\")")
	flags.StringVar(&c.profile, "profile", "", "`NAME` of a profile of temporal.toml (default TEMPORAL_PROFILE, or \"default\")")
	flags.StringVar(&c.codecEndpoint, "codec-endpoint", "", "`URL` of the codec server that decrypts payloads (default TEMPORAL_CODEC_ENDPOINT, the profile's, or none); its Authorization header is TEMPORAL_CODEC_AUTH, or the profile's")
	flags.String(codecAuthFlag, "", "refused: set TEMPORAL_CODEC_AUTH")
	_ = flags.MarkHidden(codecAuthFlag) // the flag is there
}

// codecAuthFlag is the Temporal CLI's flag for the codec server's credentials. awaitop refuses it: `ps` shows the command
// line to every user of the machine as long as the command runs, and a wait takes hours.
const codecAuthFlag = "codec-auth"

// connectionFlags are the flags that say how to reach the Temporal server.
var connectionFlags = []string{"address", "namespace", "profile", "codec-endpoint"}

// withoutTemporal marks a command that sends nothing to the Temporal server, nor do its subcommands.
func withoutTemporal(cmd *cobra.Command) *cobra.Command {
	cmd.Annotations = map[string]string{noTemporal: ""}
	return cmd
}

// noTemporal is the annotation of withoutTemporal.
const noTemporal = "awaitop.no-temporal"

// usesTemporal reports whether a command may use the Temporal server.
func usesTemporal(cmd *cobra.Command) bool {
	for ; cmd != nil; cmd = cmd.Parent() {
		if _, marked := cmd.Annotations[noTemporal]; marked {
			return false
		}
	}
	return true
}

// checkConnection refuses flags that would do nothing, or harm.
func checkConnection(cmd *cobra.Command) error {
	if cmd.Flags().Changed(codecAuthFlag) { // its value is a secret
		return usagef("--%s: every user of this machine can read the command line; set %s, or auth of the profile's codec", codecAuthFlag, codecAuthVariable)
	}
	if usesTemporal(cmd) {
		return nil
	}
	for _, name := range connectionFlags {
		if cmd.Flags().Changed(name) {
			return usagef("--%s has no effect: `%s` sends nothing to a Temporal server", name, cmd.CommandPath())
		}
	}
	return nil
}

// help prints a command's help. It leaves out the flags that the command refuses.
func help(print func(*cobra.Command, []string)) func(*cobra.Command, []string) {
	return func(cmd *cobra.Command, args []string) {
		if !usesTemporal(cmd) {
			for _, name := range connectionFlags {
				_ = cmd.Root().PersistentFlags().MarkHidden(name) // the flag is there
			}
		}
		print(cmd, args)
	}
}
