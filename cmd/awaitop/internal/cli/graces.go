package cli

import "github.com/spf13/pflag"

// addGraces adds the flags that say how long a wait bears with trouble, and where its requests are made.
func (a *awaiting) addGraces(flags *pflag.FlagSet) {
	o := &a.options
	flags.StringVar((*string)(&o.CancelPolicy), "cancel-policy", "", "`POLICY` for the operation when the wait's workflow is canceled: cancel or abandon (default cancel)")
	flags.DurationVar(&o.AuthGrace, "auth-grace", 0, "`DURATION` for which 401 and 403 in a row are retried once the operation was seen (default 1h)")
	flags.DurationVar(&o.NotFoundGrace, "not-found-grace", 0, "`DURATION` for which a 404 is retried before the operation was seen (default 1m)")
	flags.DurationVar(&o.HeartbeatTimeout, "heartbeat-timeout", 0, "`DURATION` after which the Temporal server notices that a worker died (default 30s)")
	flags.StringVar(&o.TaskQueue, "poll-task-queue", "", "`NAME` of the task queue of reads (default --task-queue)")
	flags.StringVar(&o.ControlTaskQueue, "control-task-queue", "", "`NAME` of the task queue of cancels and deletes (default --poll-task-queue)")
}

// chooseQueue sets the task queue: the command line's, the configuration's or the default.
func (c *command) chooseQueue(queue *string) error {
	if *queue != "" {
		return nil
	}
	config, err := c.configuration()
	*queue = config.TaskQueue
	return err
}
