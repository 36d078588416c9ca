package documents

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

const (
	// commandWithin bounds how long a command may take. It may have to be built.
	commandWithin = 5 * time.Minute
	// readyWithin bounds how long a command in the background may take until it is ready. It may have to be built.
	readyWithin = 5 * time.Minute
	// endsWithin bounds how long a command may take to end after an interrupt. Then it is killed.
	endsWithin = 30 * time.Second
)

// Session is the reader of one document: a shell that keeps its folder and variables from step to step, and the
// commands that the reader leaves running in other terminals. It is not safe for concurrent use.
type Session struct {
	shell   *interp.Runner
	learned []string // texts, each followed by the one to use in place of it
	running []*background
}

// background is a command that the reader has left running.
type background struct {
	step   Step
	rule   Rule
	output *output
	stop   context.CancelFunc
	ended  chan struct{}
	err    error // of the command; set once ended is closed
}

// Open begins a session in a folder, with the environment, no standard input, and the programs that commands may use.
func Open(folder string, environment, programs []string) (*Session, error) {
	shell, err := interp.New(interp.Dir(folder), interp.Env(expand.ListEnviron(environment...)), interp.ExecHandlers(execHandler(programs)))
	if err != nil {
		return nil, err
	}
	shell.Reset()
	return &Session{shell: shell}, nil
}

// Do does a step as the rule says, nil as it stands. An error says what the reader would see.
func (s *Session) Do(ctx context.Context, step Step, rule *Rule) error {
	if step.File != "" {
		return s.save(step)
	}
	if rule != nil && rule.Skip {
		return nil
	}
	command, err := rule.command(step)
	if err != nil {
		return err
	}
	file, err := parse(strings.NewReplacer(s.learned...).Replace(command))
	if err != nil {
		return fmt.Errorf("%s: %w", step, err)
	}
	if rule != nil && rule.Background != nil {
		return s.leave(ctx, step, *rule, file)
	}
	out := &output{}
	if err := interp.StdIO(nil, out, out)(s.shell); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, commandWithin)
	defer cancel()
	want := 0
	if rule != nil {
		want = rule.Status
	}
	return ended(step, run(ctx, s.shell, file), want, out)
}

// run runs the statements of a command one by one, so that the shell does not exit after the last one.
func run(ctx context.Context, shell *interp.Runner, file *syntax.File) error {
	for _, statement := range file.Stmts {
		if err := shell.Run(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// ended is an error unless the command ended with the status.
func ended(step Step, err error, want int, out *output) error {
	status := interp.ExitStatus(0)
	if err != nil && !errors.As(err, &status) {
		return fmt.Errorf("%s: %w\n%s", step, err, out)
	}
	if int(status) != want {
		return fmt.Errorf("%s: exit status %d, want %d\n%s", step, int(status), want, out)
	}
	return nil
}

// save saves a file, with the texts that were learned.
func (s *Session) save(step Step) error {
	if !filepath.IsLocal(step.File) {
		return fmt.Errorf("%s: the file is outside of the reader's folder", step)
	}
	text := strings.NewReplacer(s.learned...).Replace(step.Text)
	return os.WriteFile(filepath.Join(s.shell.Dir, step.File), []byte(text), 0o644)
}

// leave starts a command, waits until it is ready, and leaves it running.
func (s *Session) leave(ctx context.Context, step Step, rule Rule, file *syntax.File) error {
	left := &background{step: step, rule: rule, output: &output{}, ended: make(chan struct{})}
	shell := s.shell.Subshell()
	if err := interp.StdIO(nil, left.output, left.output)(shell); err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	left.stop = stop
	go func() {
		left.err = run(running, shell, file)
		close(left.ended)
	}()
	found, err := left.ready()
	if err != nil {
		return errors.Join(err, left.kill())
	}
	s.running = append(s.running, left)
	if rule.Background.Interrupt {
		return left.end()
	}
	return s.learn(ctx, rule.Background, found)
}

// seen is a match in an output.
type seen struct {
	text  []byte
	match []int
}

// learn keeps what later commands have of the addresses that a command took.
func (s *Session) learn(ctx context.Context, from *Background, found seen) error {
	expand := func(template string) string {
		return string(from.Ready.Expand(nil, []byte(template), found.text, found.match))
	}
	for text, template := range from.Learn {
		s.learned = append(s.learned, text, expand(template))
	}
	for name, template := range from.Export {
		value, err := syntax.Quote(expand(template), syntax.LangBash)
		if err != nil {
			return err
		}
		file, err := parse("export " + name + "=" + value)
		if err != nil {
			return err
		}
		if err := run(ctx, s.shell, file); err != nil {
			return err
		}
	}
	return nil
}

// ready waits until the command's output matches.
func (b *background) ready() (seen, error) {
	late := time.NewTimer(readyWithin)
	defer late.Stop()
	for {
		text, more := b.output.read()
		if match := b.rule.Background.Ready.FindSubmatchIndex(text); match != nil {
			return seen{text, match}, nil
		}
		select {
		case <-more:
		case <-b.ended:
			return seen{}, fmt.Errorf("%s: ended before it was ready: %w\n%s", b.step, b.err, b.output)
		case <-late.C:
			return seen{}, fmt.Errorf("%s: not ready within %s: no %q in\n%s", b.step, readyWithin, b.rule.Background.Ready, b.output)
		}
	}
}

// Close ends the commands in the background, the last one first, and returns what they ended with if it was not as
// their rules say.
func (s *Session) Close() error {
	var failed error
	for i := len(s.running) - 1; i >= 0; i-- {
		failed = errors.Join(failed, s.running[i].end())
	}
	return failed
}

// end interrupts the command, unless that was done before, and checks how it ended.
func (b *background) end() error {
	if err := b.kill(); err != nil {
		return err
	}
	return ended(b.step, b.err, b.rule.Status, b.output)
}

// kill interrupts the command, and waits for its end however that is.
func (b *background) kill() error {
	b.stop()
	late := time.NewTimer(2 * endsWithin) // after half of it the command is killed
	defer late.Stop()
	select {
	case <-b.ended:
		return nil
	case <-late.C:
		return fmt.Errorf("%s: did not end\n%s", b.step, b.output)
	}
}

// output is what a command prints. It is safe for concurrent use.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed by the next write
}

var _ io.Writer = (*output)(nil)

// Write appends.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.more != nil {
		close(o.more)
		o.more = nil
	}
	return o.text.Write(p)
}

// read returns the text so far, and a channel that the next write closes.
func (o *output) read() ([]byte, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.more == nil {
		o.more = make(chan struct{})
	}
	return bytes.Clone(o.text.Bytes()), o.more
}

// String is the text so far.
func (o *output) String() string {
	text, _ := o.read()
	return string(text)
}
