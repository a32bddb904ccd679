package rt

// Position returns where a coroutine is, for dumps: lines[0] before it has
// begun, while it runs and after it has ended, lines[n] while it is suspended
// at its n-th await. Generated coroutines call it with their own lines.
func (f *Frame) Position(lines ...string) string {
	if f.state > 0 && int(f.state) < len(lines) {
		return lines[f.state]
	}
	return lines[0]
}
