package cli

import "fmt"

// counter shows on the last line of a terminal how many of so many workflows are described. Off a terminal it shows
// nothing.
type counter struct{ line *liveLine }

func newCounter(io IO) *counter {
	if !io.Terminal {
		return &counter{}
	}
	return &counter{&liveLine{to: io.Err, columns: io.Columns}}
}

// show shows nothing of what is complete: a list of one page would flicker.
func (c *counter) show(described, of int) {
	if c.line != nil && described < of {
		c.line.draw(barLine(described*100/of, false, fmt.Sprintf("%d of %d workflows", described, of), c.line.room()))
	}
}

// end clears the terminal's line for the next output.
func (c *counter) end() {
	if c.line != nil {
		c.line.clear()
	}
}
