package screen

import (
	"context"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/waitlist"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/watch"
)

// Live is a table that is drawn until a person quits.
type Live struct {
	// Title says where the waits are.
	Title string
	// Trouble says to show only what is in trouble.
	Trouble bool
	// In is the terminal's keyboard, nil for none. Then an interrupt comes as a signal.
	In io.Reader
	// Out is the terminal. Profile is its colors.
	Out     io.Writer
	Profile colorprofile.Profile
	// Environment has TERM.
	Environment []string
	// Show learns which workflows are to be seen.
	Show func(workflowIDs []string)
}

// drawEvery is the interval between two drawings: the times on the screen go on by themselves.
const drawEvery = time.Second

// Run draws what watch reports until a person quits, ctx is done or watch returns. It leaves the terminal as it was, with
// the last table on it. interrupted says that the person pressed Ctrl-C. The error is that of watch, or of the terminal.
func (l Live) Run(ctx context.Context, watching func(ctx context.Context, report func(watch.Snapshot)) error) (interrupted bool, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	m := &model{live: l, view: view{title: l.Title, trouble: l.Trouble, now: time.Now()}}
	program := tea.NewProgram(m,
		tea.WithInput(l.In), tea.WithOutput(l.Out), tea.WithEnvironment(l.Environment), tea.WithColorProfile(l.Profile),
		tea.WithoutSignalHandler(), // the command has one
	)
	ended := make(chan error, 1)
	go func() {
		ended <- watching(ctx, func(s watch.Snapshot) { program.Send(s) })
		program.Quit()
	}()
	if _, err := program.Run(); err != nil {
		return false, err
	}
	stop()
	watched := <-ended
	if err := m.leave(); err != nil || m.quit != quitNot {
		return m.quit == quitInterrupted, err
	}
	return false, watched
}

// quit is whether and how a person has quit.
type quit int

const (
	quitNot quit = iota
	quitKey
	quitInterrupted
)

// model is the state of a live table, for Bubble Tea.
type model struct {
	live     Live
	view     view
	snapshot watch.Snapshot
	frame    frame
	quit     quit
}

type tick time.Time

func nextTick() tea.Cmd { return tea.Tick(drawEvery, func(t time.Time) tea.Msg { return tick(t) }) }

// Init implements [tea.Model].
func (m *model) Init() tea.Cmd { return nextTick() }

// Update implements [tea.Model].
func (m *model) Update(message tea.Msg) (tea.Model, tea.Cmd) {
	var command tea.Cmd
	switch message := message.(type) {
	case tick:
		m.view.now = time.Time(message)
		command = nextTick()
	case watch.Snapshot:
		m.snapshot = message
	case tea.WindowSizeMsg:
		m.view.width, m.view.height = message.Width, message.Height
	case tea.KeyPressMsg:
		command = m.press(message.String())
	}
	m.lay()
	return m, command
}

// press does what a key is for.
func (m *model) press(key string) tea.Cmd {
	switch key {
	case "q", "esc":
		m.quit = quitKey
		return tea.Quit
	case "ctrl+c":
		m.quit = quitInterrupted
		return tea.Quit
	case "ctrl+z":
		return tea.Suspend
	}
	m.view.top += scroll(key, m.frame.page)
	return nil
}

// farAway is more lines than a table has.
const farAway = 1 << 30

// scroll is by how many lines a key scrolls.
func scroll(key string, page int) int {
	switch key {
	case "up", "k":
		return -1
	case "down", "j":
		return 1
	case "pgup":
		return -page
	case "pgdown", "space":
		return page
	case "home", "g":
		return -farAway
	case "end", "G":
		return farAway
	default:
		return 0
	}
}

func (m *model) lay() {
	m.frame = lay(m.snapshot, m.view)
	m.view.top = m.frame.top
	if m.live.Show != nil {
		m.live.Show(m.frame.shown)
	}
}

// View implements [tea.Model].
func (m *model) View() tea.View {
	return tea.View{Content: Draw(m.frame.lines), AltScreen: true}
}

// leave prints the table on the terminal's usual screen, as much of it as the terminal's height shows.
func (m *model) leave() error {
	lines := m.frame.table.Lines()
	if len(lines) == 0 {
		return nil
	}
	return Print(m.live.Out, m.live.Profile, lines[:min(len(lines), max(m.view.height-2, 1))])
}

// Print writes lines in a terminal's colors.
func Print(out io.Writer, profile colorprofile.Profile, lines []waitlist.Line) error {
	_, err := io.WriteString(&colorprofile.Writer{Forward: out, Profile: profile}, Draw(lines)+"\n")
	return err
}
