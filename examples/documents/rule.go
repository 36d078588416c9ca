package documents

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/awaitop/awaitop/internal/freeport"
)

// Rule says how commands are run that cannot be run as they stand in a document, or that do not end by themselves. At
// most one of Skip and Instead is set.
type Rule struct {
	// Path is the document, "" for all.
	Path string
	// Command is how the command begins, with one space between its words.
	Command string
	// Reason says why the rule is there. Each rule has one.
	Reason string

	// Skip leaves the command out.
	Skip bool
	// Instead is run in place of Command. What follows Command in the document stays.
	Instead string
	// Ports are texts in the command, each of which is replaced by a free port.
	Ports []string
	// Status is the exit status of the command.
	Status int
	// Background is set for a command that a reader leaves running in a terminal of its own.
	Background *Background
}

// Background says when a command that goes on is ready, and what becomes of it.
type Background struct {
	// Ready matches the command's output once the next command may be run.
	Ready *regexp.Regexp
	// Learn has the texts that later commands of the session have in place of others: the addresses that this command
	// took. $1 is what the first group of Ready has matched.
	Learn map[string]string
	// Export has variables that later commands of the session have, with values as in Learn.
	Export map[string]string
	// Interrupt says that the command is interrupted as soon as it is ready. Otherwise it goes on, and is interrupted
	// after the document's last step.
	Interrupt bool
}

// Rules are the rules of all documents. The first that matches a command counts.
type Rules []Rule

// For returns the rule for a step, nil if the step is run as it stands. used is called with its index.
func (r Rules) For(step Step) (rule *Rule, index int) {
	for i := range r {
		if (r[i].Path == "" || r[i].Path == step.Path) && begins(step.words(), r[i].Command) {
			return &r[i], i
		}
	}
	return nil, -1
}

// begins reports whether a command begins with the words.
func begins(command, words string) bool {
	return command == words || strings.HasPrefix(command, words+" ")
}

// command is what is run for a step.
func (r *Rule) command(step Step) (string, error) {
	if r == nil {
		return step.Command, nil
	}
	command := step.Command
	if r.Instead != "" {
		command = r.Instead + strings.TrimPrefix(step.words(), r.Command)
	}
	for _, text := range r.Ports {
		free, err := freeport.Take(1)
		if err != nil {
			return "", err
		}
		command = strings.ReplaceAll(command, text, strconv.Itoa(free[0]))
	}
	return command, nil
}

// Check reports what is wrong with the rule itself.
func (r Rule) Check() error {
	switch {
	case r.Command == "" || r.Reason == "":
		return fmt.Errorf("rule %q of %q: it names no command, or no reason", r.Command, r.Path)
	case r.Skip && (r.Instead != "" || r.Status != 0 || r.Background != nil):
		return fmt.Errorf("rule %q of %q: a command that is left out has no other rule", r.Command, r.Path)
	default:
		return nil
	}
}
