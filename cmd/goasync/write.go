package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/goasync/goasync/transform"
)

// write brings the files on disk to the state that is asked for. All new
// contents are written to temporary files beside their places first, so that
// a full disk or a folder that cannot be written leaves everything as it was;
// then each is renamed into its place.
func write(files []transform.File) (err error) {
	temps := make(map[string]string) // by path of the file
	defer func() {
		if err != nil {
			for _, temp := range temps {
				os.Remove(temp)
			}
		}
	}()
	for _, f := range files {
		if f.Content == nil {
			continue
		}
		old, err := os.ReadFile(f.Path)
		if err == nil && bytes.Equal(old, f.Content) {
			continue
		}
		temp, err := writeTemp(f)
		if err != nil {
			return fmt.Errorf("cannot write %s: %w", f.Path, reason(err))
		}
		temps[f.Path] = temp
	}
	for _, f := range files {
		if temp, ok := temps[f.Path]; ok {
			if err := os.Rename(temp, f.Path); err != nil {
				return fmt.Errorf("cannot replace %s: %w", f.Path, reason(err))
			}
			delete(temps, f.Path)
		}
		if f.Content == nil {
			if err := os.Remove(f.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("cannot remove %s: %w", f.Path, reason(err))
			}
		}
	}
	return nil
}

// writeTemp writes the content of f to a new file in its folder, with the
// mode that the file at its path has, and returns the new file's path. The
// go command does not see files whose names begin with a dot.
func writeTemp(f transform.File) (path string, err error) {
	var file *os.File
	for {
		path = filepath.Join(filepath.Dir(f.Path), fmt.Sprintf(".%s.%08x", filepath.Base(f.Path), rand.Uint32()))
		file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	_, err = file.Write(f.Content)
	if info, statErr := os.Stat(f.Path); statErr == nil && err == nil {
		err = file.Chmod(info.Mode().Perm())
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(path)
		return "", err
	}
	return path, nil
}

// reason returns what went wrong without the path of a temporary file.
func reason(err error) error {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err
	}
	if e := (*os.LinkError)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}
