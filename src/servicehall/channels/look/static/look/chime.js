// Two short tones without a sound file: "look here". Browsers allow sound only after a touch: unlock() in one.

let context = null;

/** Call inside a touch or click, so that play() may sound later. */
export function unlock() {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!context && Context) context = new Context();
  context?.resume?.();
  return Boolean(context);
}

/** Play the tones (Hz), each a third of a second. Silent where sound is not allowed. */
export function play(tones = [660, 880], loudness = 0.25) {
  if (!context || context.state !== "running") return false;
  tones.forEach((tone, place) => {
    const begin = context.currentTime + place * 0.3;
    const [voice, volume] = [context.createOscillator(), context.createGain()];
    voice.type = "sine";
    voice.frequency.value = tone;
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(loudness, begin + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.6);
    voice.connect(volume).connect(context.destination);
    voice.start(begin);
    voice.stop(begin + 0.65);
  });
  return true;
}
